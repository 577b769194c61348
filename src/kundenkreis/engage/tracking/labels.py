"""Events and their properties in the words people use; a shop's own names are made readable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kundenkreis.kernel.text import readable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Events of the Segment specification and our own, those that segments ask for most first.
EVENTS: dict[str, StrOrPromise] = {
    "Product Added": _("Product put in the cart"),
    "Order Completed": _("Order placed"),
    "Product Viewed": _("Product viewed"),
    "Checkout Started": _("Checkout started"),
    "Cart Viewed": _("Cart viewed"),
    "Page Viewed": _("Page viewed"),
    "Products Searched": _("Products searched"),
    "Product Removed": _("Product taken out of the cart"),
    "Order Cancelled": pgettext_lazy("in a shop", "Order cancelled"),
    "Checkout Step Completed": _("Step of the checkout completed"),
    "Checkout Step Viewed": _("Step of the checkout viewed"),
    "Coupon Applied": _("Voucher redeemed"),
    "Coupon Denied": _("Voucher refused"),
    "Coupon Entered": _("Voucher entered"),
    "Coupon Removed": _("Voucher taken out"),
    "Offer Clicked": _("Offer accepted"),
    "Offer Closed": _("Offer closed"),
    "Order Refunded": _("Order refunded"),
    "Order Updated": _("Order changed"),
    "Payment Info Entered": _("Payment details entered"),
    "Product Clicked": _("Product chosen from a list"),
    "Product List Viewed": _("Product list viewed"),
    "Product Added to Wishlist": _("Product put on the wish list"),
    "Screen Viewed": _("Screen of the app viewed"),
}
COMMON = tuple(EVENTS)[:9]

PROPERTIES: dict[str, StrOrPromise] = {
    "affiliation": _("Sales channel"),
    "brand": _("Brand"),
    "campaign": _("Campaign"),
    "cart_id": _("Number of the cart"),
    "category": _("Category"),
    "checkout_id": _("Number of the checkout"),
    "coupon": _("Voucher"),
    "currency": _("Currency"),
    "discount": _("Discount"),
    "image_url": _("Address of the picture"),
    "list_id": _("Number of the list"),
    "name": _("Name"),
    "order_id": _("Order number"),
    "path": _("Path of the page"),
    "payment_method": _("Payment method"),
    "position": _("Position"),
    "price": _("Price"),
    "product_id": _("Product number"),
    "quantity": _("Quantity"),
    "query": _("Search words"),
    "referrer": _("Page before"),
    "revenue": _("Revenue"),
    "shipping": _("Shipping costs"),
    "shipping_method": _("Shipping method"),
    "sku": _("Article number"),
    "step": _("Step"),
    "subtotal": _("Subtotal"),
    "tax": _("Tax"),
    "title": _("Title of the page"),
    "total": _("Total"),
    "url": _("Address of the page"),
    "value": _("Value"),
    "variant": pgettext_lazy("of a product", "Variant"),
}


def event_label(name: str) -> StrOrPromise:
    """What an event is called."""
    return EVENTS.get(name) or readable(name)


def property_label(name: str) -> StrOrPromise:
    """What a property of an event is called."""
    return PROPERTIES.get(name) or readable(name)
