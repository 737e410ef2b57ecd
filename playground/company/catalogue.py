"""Restaurants, dishes, couriers and the first users. The same in every playground."""

from .entities import Dish, Restaurant, User

RESTAURANTS = (
    Restaurant(
        1,
        "Luigi's Oven",
        "Turin",
        (
            Dish("margherita", "Pizza Margherita", 950),
            Dish("quattro", "Pizza Quattro Formaggi", 1250),
            Dish("tiramisu", "Tiramisù", 600),
        ),
    ),
    Restaurant(
        2,
        "Green Bowl",
        "Leeds",
        (
            Dish("falafel", "Falafel bowl", 1100),
            Dish("lentils", "Lentil soup", 750),
            Dish("lemonade", "Mint lemonade", 400),
        ),
    ),
    Restaurant(
        3,
        "Night Noodles",
        "Lyon",
        (
            Dish("ramen", "Miso ramen", 1350),
            Dish("gyoza", "Six gyoza", 700),
            Dish("tea", "Green tea", 300),
        ),
    ),
)

FIRST_USERS = (
    User(1, "Ada Okafor", "ada@example.com", "Turin"),
    User(2, "Ben Lindqvist", "ben@example.com", "Leeds"),
    User(3, "Chiara Rossi", "chiara@example.com", "Lyon"),
)

# The first users' password. It is no secret: a new playground holds no personal data.
FIRST_PASSWORD = "inflight"

COURIERS = ("Mina", "Tomás", "Aiko", "Sam")
