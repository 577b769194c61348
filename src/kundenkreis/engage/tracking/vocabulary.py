"""Names of the ecommerce events of the Segment specification that mean something to us."""

from __future__ import annotations

PAGE = "Page Viewed"
SCREEN = "Screen Viewed"

ORDER_COMPLETED = "Order Completed"
ORDER_CANCELLED = "Order Cancelled"
# Business of the contract with the customer, whatever else was allowed.
ORDER_EVENTS = frozenset({ORDER_COMPLETED, ORDER_CANCELLED, "Order Updated", "Order Refunded"})

# Their key is the cart's id, so that "not ordered since" can be asked for the same cart.
CART_EVENTS = frozenset(
    {
        "Product Added",
        "Product Removed",
        "Cart Viewed",
        "Checkout Started",
        "Checkout Step Viewed",
        "Checkout Step Completed",
        "Payment Info Entered",
        "Coupon Entered",
        "Coupon Applied",
        "Coupon Denied",
        "Coupon Removed",
    }
)

# Steps worth a line in a customer's timeline.
TIMELINE = {
    "Product Added": "cart",
    "Product Removed": "cart",
    "Cart Viewed": "cart",
    "Checkout Started": "cart",
    "Offer Clicked": "offer_clicked",
}

# The specification writes traits in camel case; ours are named like every other field.
TRAITS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "createdAt": "created_at",
    "postalCode": "postal_code",
    "customerNumber": "customer_number",
}
