"""The company's API for its customers. Every request goes through the gateway."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from ..company.commands import (
    ListRestaurants,
    OrderLine,
    PlaceOrder,
    RegisterUser,
    SaveProfile,
    ShowMenu,
    ShowOrder,
    ShowUser,
    SignIn,
)
from . import idempotency
from .ingress import handle_request
from .schemas import (
    AcceptedOut,
    DishOut,
    MenuOut,
    OrderIn,
    OrderOut,
    ProblemOut,
    ProfileIn,
    RegistrationIn,
    RestaurantOut,
    RestaurantsOut,
    SessionOut,
    SignInIn,
    UserOut,
)

router = Router(tags=["company"])

# A fault at the gateway makes it answer 429, 500, or whichever status the fault was given.
ERRORS = {frozenset({401, 404, 409, 413, 422, 429, 500, 502, 503, 504}): ProblemOut}


@router.put("/users/{int:id}", response={200: UserOut, 202: AcceptedOut, **ERRORS})
def save_profile(request: HttpRequest, response: HttpResponse, id: int, profile: ProfileIn) -> Any:
    """Save a profile. 200 with the user if gateway->users is a call, 202 without if it is a text."""
    command = SaveProfile(id, profile.name, profile.email, profile.city)
    user = handle_request(
        request,
        response,
        command,
        code=lambda reply: 200 if reply else 202,
        body=profile.dict(),
    )
    if user is None:
        return Status(202, AcceptedOut(detail="We have your message. Nobody has acted on it yet."))
    return Status(200, UserOut.of(user))


@router.post("/users", response={201: UserOut, **ERRORS})
def register(request: HttpRequest, response: HttpResponse, registration: RegistrationIn) -> Any:
    """Register a user. Notification, CRM and analytics get a `UserRegistered` event."""
    command = RegisterUser(
        registration.name, registration.email, registration.city, registration.password
    )
    user = handle_request(
        request,
        response,
        command,
        code=201,
        body=registration.dict(),
        promise=lambda user: f"user/{user.id}",
    )
    response["Location"] = f"/api/users/{user.id}"
    return Status(201, UserOut.of(user))


@router.get("/users/{int:id}", response={200: UserOut, **ERRORS})
def show_user(request: HttpRequest, response: HttpResponse, id: int) -> UserOut:
    """A user's profile, as the users service has it."""
    return UserOut.of(handle_request(request, response, ShowUser(id)))


@router.post("/sessions", response={201: SessionOut, **ERRORS})
def sign_in(request: HttpRequest, response: HttpResponse, credentials: SignInIn) -> Any:
    """Sign in to the shop. This is always a call: the customer waits for the answer."""
    command = SignIn(credentials.email, credentials.password)
    user = handle_request(request, response, command, code=201, body=credentials.dict())
    return Status(201, SessionOut(user=UserOut.of(user)))


@router.get("/restaurants", response={200: RestaurantsOut, **ERRORS})
def list_restaurants(request: HttpRequest, response: HttpResponse) -> RestaurantsOut:
    """The restaurants from which one can order."""
    restaurants = handle_request(request, response, ListRestaurants())
    return RestaurantsOut(restaurants=[RestaurantOut.of(r) for r in restaurants])


@router.get("/restaurants/{int:id}/menu", response={200: MenuOut, **ERRORS})
def show_menu(request: HttpRequest, response: HttpResponse, id: int) -> MenuOut:
    """A restaurant's dishes, with their prices in cents."""
    restaurant = handle_request(request, response, ShowMenu(id))
    dishes = [DishOut(id=d.id, title=d.title, price_cents=d.price_cents) for d in restaurant.dishes]
    return MenuOut(restaurant=RestaurantOut.of(restaurant), dishes=dishes)


@router.post(
    "/orders",
    response={202: OrderOut, **ERRORS},
    openapi_extra={"parameters": [idempotency.PARAMETER]},
)
def place_order(request: HttpRequest, response: HttpResponse, order: OrderIn) -> Any:
    """Place an order. Dishes and card are checked while you wait; the rest follows.

    Follow it at the address in `Location`, or on the playground's WebSocket. Requests with the
    same `Idempotency-Key` header create one order.
    """
    lines = tuple(OrderLine(line.dish, line.quantity) for line in order.items)
    attempt = idempotency.begin(request, order.dict())
    command = PlaceOrder(order.user, order.restaurant, lines, order.card, attempt.order)
    try:
        placed = handle_request(
            request,
            response,
            command,
            code=202,
            body=order.dict(),
            promise=lambda placed: f"order/{placed.id}",
        )
    finally:
        idempotency.finished(attempt)
    response["Location"] = f"/api/orders/{placed.id}"
    return Status(202, OrderOut.of(placed))


@router.get("/orders/{slug:id}", response={200: OrderOut, **ERRORS})
def show_order(request: HttpRequest, response: HttpResponse, id: str) -> OrderOut:
    """An order's status and its history."""
    return OrderOut.of(handle_request(request, response, ShowOrder(id)))
