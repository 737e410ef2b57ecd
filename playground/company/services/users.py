"""users: who our customers are."""

from ..commands import RegisterUser, SaveProfile, ShowUser, SignIn
from ..entities import User
from ..errors import EmailTaken, WrongPassword
from ..events import UserRegistered
from ..work import UnitOfWork


def save_profile(command: SaveProfile, work: UnitOfWork) -> User:
    """Whoever waits for this reply may say "Saved!"; nobody else may."""
    before = work.repository.user(command.user)
    namesake = work.repository.user_by_email(command.email)
    if namesake and namesake.id != command.user:
        raise EmailTaken(command.email)
    user = User(before.id, command.name, command.email, command.city, before.password)
    work.save_user(user)
    work.record_effect("ProfileSaved", f"user/{user.id}")
    return user


def register(command: RegisterUser, work: UnitOfWork) -> User:
    """Store the user and announce it. Who welcomes, counts or files them is not our business."""
    if work.repository.user_by_email(command.email):
        raise EmailTaken(command.email)
    password = work.repository.hash_password(command.password)
    user = User(work.repository.next_user_id(), command.name, command.email, command.city, password)
    work.save_user(user)
    work.record_effect("UserStored", f"user/{user.id}")
    work.publish(UserRegistered(user.id, user.name, user.email, user.city))
    return user


def show_user(command: ShowUser, work: UnitOfWork) -> User:
    return work.repository.user(command.user)


def sign_in(command: SignIn, work: UnitOfWork) -> User:
    user = work.repository.user_by_email(command.email)
    if user is None or not work.repository.password_matches(command.password, user.password):
        raise WrongPassword
    return user
