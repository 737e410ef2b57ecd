"""PostgreSQL as Django's database (an ENGINE): every wait for it has an end."""
