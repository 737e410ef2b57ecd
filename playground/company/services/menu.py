"""menu: knows the dishes and their prices."""

from ..commands import ListRestaurants, ShowMenu, ValidateOrder
from ..entities import Restaurant
from ..errors import Refused, UnknownEntity
from ..work import UnitOfWork


def list_restaurants(command: ListRestaurants, work: UnitOfWork) -> tuple[Restaurant, ...]:
    return work.repository.restaurants()


def show_menu(command: ShowMenu, work: UnitOfWork) -> Restaurant:
    for restaurant in work.repository.restaurants():
        if restaurant.id == command.restaurant:
            return restaurant
    raise UnknownEntity("restaurant", command.restaurant)


def validate_order(command: ValidateOrder, work: UnitOfWork) -> int:
    """Returns the order's price in cents. Refuses dishes that are not on the menu."""
    restaurant = show_menu(ShowMenu(command.restaurant), work)
    prices = {dish.id: dish.price_cents for dish in restaurant.dishes}
    for line in command.items:
        if line.dish not in prices:
            raise Refused(f"{restaurant.title} has no {line.dish} on its menu.", field="items")
    return sum(prices[line.dish] * line.quantity for line in command.items)
