"""Officers' accounts: how they sign in, who manages whom, and the trail of both."""
