"""Users: people who sign in by e-mail address."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from leadline.accounts.permissions import Permission, RoleName, permissions_of


class UserManager(BaseUserManager["User"]):
    """Makes users; an e-mail address is the only name they have."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who can sign in once a password is set."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """One person with a role."""

    class Role(models.TextChoices):
        """What somebody is here for; decides where they land and what they may do (permissions.py)."""

        ADMINISTRATOR = RoleName.ADMINISTRATOR
        MARKETING = RoleName.MARKETING
        SALES = RoleName.SALES
        ANALYST = RoleName.ANALYST
        INTEGRATOR = RoleName.INTEGRATOR
        AUDITOR = RoleName.AUDITOR

    class LeadsSeen(models.TextChoices):
        """Which leads somebody of sales sees."""

        ALL = "all"
        OWN = "own"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.SALES)
    leads_seen = models.CharField(max_length=3, choices=LeadsSeen.choices, default=LeadsSeen.ALL)
    time_zone = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    token_scopes: frozenset[str] | None = None
    """Those of the token by which a program acts as this user; None without one, which narrows nothing."""

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def permissions(self) -> frozenset[Permission]:
        """What they may do now."""
        role = self.Role.ADMINISTRATOR if self.is_superuser else self.role
        return permissions_of(role, self.token_scopes)

    def may(self, permission: Permission) -> bool:
        """Whether they may do this."""
        return permission in self.permissions

    @property
    def sees_own_only(self) -> bool:
        """Whether they see only the leads that they own."""
        return self.role == self.Role.SALES and self.leads_seen == self.LeadsSeen.OWN and not self.is_superuser

    @property
    def sees_everybody(self) -> bool:
        """Whether they see who all leads are, whoever owns them."""
        return self.may(Permission.READ_PEOPLE) and not self.sees_own_only


class APIToken(models.Model):
    """What a program shows to use the REST API as its user; only its hash is kept.

    `scopes` narrow what the user may do; none at all: everything that their role may.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=4)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class AuditEntry(models.Model):
    """Who did what when: one entry of the audit trail, without personal data. Written by `accounts.audit` alone; the
    database refuses to change or delete it.

    `user` is a number and no foreign key, since users may go and entries never change. `about` is a kind of thing and
    `about_number` its number. `numbers` are counts, routes, states and keyed digests. `request` is the request's id.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    user = models.BigIntegerField(null=True)
    via = models.CharField(max_length=10)
    verb = models.CharField(max_length=40)
    about = models.CharField(max_length=40, blank=True)
    about_number = models.BigIntegerField(null=True)
    numbers = models.JSONField(default=dict)
    request = models.CharField(max_length=40, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["verb", "number"], name="audit_by_verb"),
            models.Index(fields=["user", "number"], name="audit_by_user"),
            models.Index(fields=["about", "about_number", "number"], name="audit_by_thing"),
        ]
