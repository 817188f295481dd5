"""Makes the accounts of a demonstration and prints how to sign in with them."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from portal.publishing.demo import ACCOUNTS, ensure_account, password_of


class Command(BaseCommand):
    help = (
        "Makes demo staff accounts: for each province of the story and for the whole country one "
        "who writes and one who approves, and those who administer and audit. Prints their "
        "passwords. Refused unless DEMO=1."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            officers = [(account, ensure_account(account)) for account in ACCOUNTS]
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        for account, officer in officers:
            unchanged = officer.check_password(password_of(account))
            password = password_of(account) if unchanged else "(đã đổi)"
            where = account.province or "cả nước"
            role = account.role or "Quản trị"
            code = " *" if officer.needs_second_factor else ""
            self.stdout.write(f"  {account.username:<20}{password:<18}{role}, {where}{code}")
        self.stdout.write("  * hỏi thêm mã xác thực: bản trình diễn hiện mã ngay trên trang hỏi")
