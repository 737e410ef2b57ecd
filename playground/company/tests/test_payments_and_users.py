"""payments and users: money moves once, an address belongs to one, a password to nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.company.commands import (
    AuthorizePayment,
    RegisterUser,
    SaveProfile,
    ShowUser,
    SignIn,
)
from playground.company.entities import Effect, User
from playground.company.errors import EmailTaken, Refused, UnknownEntity, WrongPassword
from playground.company.events import OrderRejected, PaymentRefunded, UserRegistered

from .paper import PaperRepository, begin, changes, handle

REJECTED = OrderRejected("7Q2K", 1, "ada@example.com", 1900, "The kitchen is full.")


def test_a_charge_is_keyed_by_its_order_so_that_asking_twice_charges_once() -> None:
    work = begin("payments")
    assert handle(work, AuthorizePayment("7Q2K", 1, 1900, "4242")) == "7Q2K"
    assert work.effects == [Effect("CardAuthorized", "order/7Q2K", "19.00", "order/7Q2K")]


@pytest.mark.parametrize("card", ["4000000000000002", "4000 0000 0000 0002"])
def test_the_empty_card_is_declined_however_it_is_written(card: str) -> None:
    work = begin("payments")
    with pytest.raises(Refused, match=r"The bank has declined this card\.") as refusal:
        handle(work, AuthorizePayment("7Q2K", 1, 1900, card))
    assert refusal.value.field == "card"
    assert changes(work) == []


def test_nobody_is_charged_for_a_customer_who_is_not_there() -> None:
    work = begin("payments")
    with pytest.raises(UnknownEntity):
        handle(work, AuthorizePayment("7Q2K", 99, 1900, "4242"))
    assert changes(work) == []


def test_a_refund_is_keyed_once_per_order_and_tells_whom_to_apologise_to() -> None:
    work = begin("payments")
    handle(work, REJECTED)
    assert work.effects == [Effect("PaymentRefunded", "order/7Q2K", "19.00", "order/7Q2K")]
    assert work.events == [
        PaymentRefunded("7Q2K", 1, "ada@example.com", 1900, "The kitchen is full.")
    ]


def test_a_refund_that_is_heard_of_twice_has_one_key() -> None:
    first, second = begin("payments"), begin("payments")
    handle(first, REJECTED)
    handle(second, REJECTED)
    assert {effect.key for effect in first.effects + second.effects} == {"order/7Q2K"}


@given(st.integers(0, 10**9))
def test_an_amount_is_written_in_euros_to_the_cent(cents: int) -> None:
    work = begin("payments")
    handle(work, AuthorizePayment("7Q2K", 1, cents, "4242"))
    euros, _, rest = work.effects[0].detail.partition(".")
    assert (int(euros) * 100 + int(rest), len(rest)) == (cents, 2)


# users


def a_repository(**more: str) -> PaperRepository:
    user = User(1, "Ada", "ada@example.com", "Turin", "hash of secret")
    other = User(2, "Ben", "ben@example.com", "Leeds", **more)
    return PaperRepository(users={1: user, 2: other})


def test_a_saved_profile_keeps_its_password_and_says_that_it_was_saved() -> None:
    work = begin("users", repository=a_repository())
    saved = handle(work, SaveProfile(1, "Ada O.", "ada@example.org", "Leeds"))
    assert saved == User(1, "Ada O.", "ada@example.org", "Leeds", "hash of secret")
    assert work.users == [saved]
    assert work.effects == [Effect("ProfileSaved", "user/1")]


def test_a_profile_may_keep_its_own_address_and_never_take_anothers() -> None:
    work = begin("users", repository=a_repository())
    assert handle(work, SaveProfile(1, "Ada", "ada@example.com", "Lyon")).city == "Lyon"
    with pytest.raises(EmailTaken, match=r"ben@example.com is already registered\.") as taken:
        handle(work, SaveProfile(1, "Ada", "ben@example.com", "Lyon"))
    assert taken.value.field == "email"


@pytest.mark.parametrize("command", [SaveProfile(99, "Nobody", "n@example.com", ""), ShowUser(99)])
def test_a_user_who_is_not_there_is_neither_saved_nor_shown(command: object) -> None:
    work = begin("users")
    with pytest.raises(UnknownEntity, match=r"There is no user 99\."):
        handle(work, command)
    assert changes(work) == []


def test_a_registration_is_stored_under_the_next_number_and_announced_without_its_password() -> (
    None
):
    work = begin("users", repository=a_repository())
    user = handle(work, RegisterUser("Dana", "dana@example.com", "Leeds", "hunter2"))
    assert user == User(3, "Dana", "dana@example.com", "Leeds", "hash of hunter2")
    assert (work.new_users, work.users) == ([user], [])
    assert work.events == [UserRegistered(3, "Dana", "dana@example.com", "Leeds")]
    assert work.effects == [Effect("UserStored", "user/3")]


def test_an_address_that_is_registered_cannot_be_registered_again() -> None:
    work = begin("users", repository=a_repository())
    with pytest.raises(EmailTaken):
        handle(work, RegisterUser("Ada again", "ada@example.com", "Leeds", "hunter2"))
    assert changes(work) == []


def test_the_right_password_signs_a_user_in() -> None:
    work = begin("users", repository=a_repository())
    assert handle(work, SignIn("ada@example.com", "secret")).id == 1
    assert changes(work) == []


@pytest.mark.parametrize(
    "command", [SignIn("ada@example.com", "wrong"), SignIn("nobody@example.com", "secret")]
)
def test_a_wrong_password_and_an_unknown_address_are_told_in_the_same_words(
    command: SignIn,
) -> None:
    with pytest.raises(WrongPassword, match=r"^E-mail address and password do not match\.$"):
        handle(begin("users", repository=a_repository()), command)
