"""The plans that come with Leadline: Segment's specs as they are, and the learning events of our own."""

import pytest

from leadline.tracking.plan import TrackingPlan
from leadline.tracking.plan_document import bundled_folders, bundled_plan, load_plan, read_plan

B2B = (
    "Account Created, Account Deleted, Signed Up, Signed In, Signed Out, Invite Sent, Account Added User, "
    "Account Removed User, Trial Started, Trial Ended"
)
COMMERCE = (
    "Products Searched, Product List Viewed, Product List Filtered, Promotion Viewed, Promotion Clicked, "
    "Product Clicked, Product Viewed, Product Added, Product Removed, Cart Viewed, Checkout Started, "
    "Checkout Step Viewed, Checkout Step Completed, Payment Info Entered, Order Completed, Order Updated, "
    "Order Refunded, Order Cancelled, Coupon Entered, Coupon Applied, Coupon Denied, Coupon Removed, "
    "Product Added to Wishlist, Product Removed from Wishlist, Wishlist Product Added to Cart, Product Shared, "
    "Cart Shared, Product Reviewed"
)
PRODUCT: dict[str, object] = {
    "product_id": "507f1f77bcf86cd799439011",
    "sku": "G-32",
    "category": "Games",
    "name": "Monopoly: 3rd Edition",
    "brand": "Hasbro",
    "variant": "200 pieces",
    "price": 18.99,
    "quantity": 1,
    "coupon": "MAYDEALS",
    "position": 3,
    "url": "https://www.example.com/product/path",
    "image_url": "https://www.example.com/product/path.jpg",
}
ORDER: dict[str, object] = {
    "order_id": "50314b8e9bcf000000000000",
    "affiliation": "Google Store",
    "revenue": 25.00,
    "shipping": 3,
    "tax": 2,
    "discount": 2.5,
    "coupon": "hasbros",
    "currency": "USD",
    "products": [PRODUCT],
}
STEP: dict[str, object] = {"checkout_id": "5031", "step": 2, "shipping_method": "Fedex", "payment_method": "Visa"}
AS_DOCUMENTED: dict[str, dict[str, object]] = {
    "Account Created": {"account_name": "Initech"},
    "Signed Up": {"type": "organic", "first_name": "Peter", "email": "pgibbons@initech.com", "title": "Mr"},
    "Signed In": {"username": "pgibbons"},
    "Invite Sent": {"invitee_email": "pgibbons@gmail.com", "invitee_first_name": "Peter", "invitee_role": "Owner"},
    "Account Added User": {"role": "Owner"},
    "Account Removed User": {},
    "Trial Started": {"trial_start_date": "2018-08-28T04:09:47Z", "trial_plan_name": "Business"},
    "Products Searched": {"query": "blue roses"},
    "Product List Viewed": {"list_id": "hot_deals_1", "category": "Deals", "products": [PRODUCT]},
    "Product List Filtered": {"list_id": "todays", "filters": [{"type": "price", "value": "under-$25"}], "sorts": []},
    "Promotion Viewed": {"promotion_id": "promo_1", "creative": "top_banner_2", "name": "Sale", "position": "home"},
    "Product Clicked": PRODUCT,
    "Product Viewed": {**PRODUCT, "currency": "usd", "value": 18.99},
    "Product Added": {**PRODUCT, "cart_id": "skdjsidjsdkdj29j"},
    "Cart Viewed": {"cart_id": "d92jd", "products": [PRODUCT]},
    "Checkout Started": {**ORDER, "value": 30},
    "Checkout Step Viewed": STEP,
    "Payment Info Entered": {**STEP, "order_id": "dkfs"},
    "Order Completed": {**ORDER, "checkout_id": "fksd", "total": 27.5, "subtotal": 22.5},
    "Order Refunded": {"order_id": "5031", "total": 30, "currency": "USD", "products": [PRODUCT]},
    "Coupon Applied": {
        "order_id": "5031",
        "cart_id": "9239",
        "coupon_id": "may",
        "coupon_name": "May",
        "discount": 2.3,
    },
    "Product Added to Wishlist": {**PRODUCT, "wishlist_id": "skdj", "wishlist_name": "Loved Games"},
    "Product Reviewed": {"product_id": "507f", "review_id": "kdf", "review_body": "I love it", "rating": "5"},
}


def bundled(name: str) -> TrackingPlan:
    return read_plan(bundled_plan(name))


def test_every_plan_that_comes_with_leadline_is_valid() -> None:
    plans = {path.stem: read_plan(path) for folder in bundled_folders() for path in folder.glob("*.yaml")}
    assert {name: plan.name for name, plan in plans.items()} == {name: name for name in plans}
    assert {"segment-b2b-saas", "segment-ecommerce", "learning", "offshore-staffing"} <= set(plans)


def test_segments_specs_have_all_their_events() -> None:
    assert ", ".join(bundled("segment-b2b-saas").events) == B2B
    assert set(bundled("segment-ecommerce").events) == set(COMMERCE.split(", "))


@pytest.mark.parametrize("event", AS_DOCUMENTED)
def test_the_examples_of_segments_documentation_break_nothing(event: str) -> None:
    plan = load_plan("name: x\nincludes: [segment-b2b-saas, segment-ecommerce]")
    assert plan.violations(event, AS_DOCUMENTED[event]) == ()


def test_of_people_in_segments_events_nothing_is_kept() -> None:
    plan = load_plan("name: x\nincludes: [segment-b2b-saas, segment-ecommerce]")
    assert plan.personal("Signed Up") == {"first_name", "last_name", "email", "phone", "username"}
    assert plan.personal("Invite Sent") == {"invitee_email", "invitee_first_name", "invitee_last_name"}
    assert {"recipient", "share_message"} <= plan.personal("Product Shared")


def test_the_demonstrations_plan_keeps_what_it_said_and_has_the_learning_events_too() -> None:
    plan, learning = bundled("offshore-staffing"), bundled("learning")
    assert set(learning.events) < set(plan.events)
    assert set(plan.events["Quiz Completed"].properties) == {"quiz_id", "score"}
    assert {"Lesson Completed", "Course Enrolled", "Role Shared"} <= set(plan.events)
    assert (plan.unplanned, plan.extra_properties) == ("warn", "warn")


def test_learning_events_say_what_they_are_about() -> None:
    for name, rule in bundled("learning").events.items():
        required = [each for each, wanted in rule.properties.items() if wanted.required]
        assert required, name
        assert required[0].endswith("_id"), name
        assert rule.description.endswith("."), name
