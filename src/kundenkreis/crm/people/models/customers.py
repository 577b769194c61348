"""What people are to sources of orders and to marketing."""

from __future__ import annotations

from django.db import models

from kundenkreis.crm.people.models.persons import Person


class CustomerId(models.Model):
    """The number by which a source of orders, such as a shop, knows a person.

    Numbers of two sources have nothing to do with each other, unless the company says that they
    are its own: then they are `company_wide`.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="customer_ids")
    source = models.CharField(max_length=80)
    number = models.CharField(max_length=200)
    company_wide = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "source"], name="customer_id_once")
        ]


class FormerLink(models.Model):
    """A link id of somebody who became part of `person`: what comes under it is theirs now.

    `was_of` is the number of the person that went; with `is_own` the one that stayed had no link id
    and goes by this one.
    """

    link_id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="former_links")
    was_of = models.BigIntegerField()
    is_own = models.BooleanField(default=False)


class SharedFacts(models.Model):
    """What the other side has been told about a person; derived from orders and the like.

    `facts` is `{name: {"value": …, "purpose": …}}`; `version` goes up with every change, so that
    the newest state wins wherever it arrives.
    """

    person = models.OneToOneField(
        Person, models.CASCADE, primary_key=True, related_name="shared_facts"
    )
    facts = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)


class ContactPermission(models.Model):
    """The crm's projection of the consent ledger, which lives in engage.

    The subject is an address, a phone number, a cookie id, or the link id of a `person` who told
    staff. Nothing here allows what the ledger has not allowed.
    """

    id = models.BigAutoField(primary_key=True)
    link_id = models.UUIDField(null=True, db_index=True)
    subject_kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=320)
    # As contact details are compared: the ledger keeps addresses as they were written.
    folded = models.CharField(max_length=320, db_default="", default="")
    purpose = models.CharField(max_length=50)
    channel = models.CharField(max_length=20)
    granted = models.BooleanField()
    since = models.DateTimeField()
    # Where it came from, and when the person themselves confirmed it, as the ledger says.
    origin = models.CharField(max_length=20, default="", db_default="")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject", "purpose", "channel"],
                name="contact_permission_once",
            )
        ]
        indexes = [
            # All that decides, so that "May I?" reads the index alone; and whether few agreed.
            models.Index(
                fields=["folded", "channel", "granted", "purpose", "since"],
                name="contact_permission_folded",
            ),
            models.Index(fields=["channel", "granted", "folded"], name="contact_permission_of"),
        ]
