"""users: keeps the customers' accounts and profiles."""

from ..commands import RegisterUser, SaveProfile, ShowUser, SignIn
from ..entities import User
from ..errors import EmailTaken, WrongPassword
from ..events import UserRegistered
from ..work import UnitOfWork


def save_profile(command: SaveProfile, work: UnitOfWork) -> User:
    """Store the profile. Only a caller that waits for this reply may show "Saved!"."""
    current = work.repository.user(command.user)
    owner = work.repository.user_by_email(command.email)
    if owner and owner.id != command.user:
        raise EmailTaken(command.email)
    user = User(current.id, command.name, command.email, command.city, current.password)
    work.save_user(user)
    work.record_effect("ProfileSaved", f"user/{user.id}")
    return user


def register(command: RegisterUser, work: UnitOfWork) -> User:
    """Store the user and announce it. This service does not know which services subscribe."""
    if work.repository.user_by_email(command.email):
        raise EmailTaken(command.email)
    password = work.repository.hash_password(command.password)
    user = User(work.repository.next_user_id(), command.name, command.email, command.city, password)
    work.add_user(user)
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
