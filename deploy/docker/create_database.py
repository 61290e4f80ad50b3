"""Makes the database, and the account that Digi has there, unless they are there. Runs in `init`, before migrations.

The account owns its database and nothing else; the administrator's password stays between `init` and the database.
"""

import os
from contextlib import closing
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

COLLATION = "Latin1_General_100_CI_AS_SC"  # the server's own finds all emoji equal, and equal to nothing
ADMIN = Path("/shared/database/password")


def main() -> None:
    """What DIGI_DATABASE_URL_FILE names is there afterwards, with the password it has there."""
    url = urlsplit(Path(os.environ["DIGI_DATABASE_URL_FILE"]).read_text().strip())
    {"mssql": _mssql, "postgres": _postgres}[url.scheme](url, ADMIN.read_text().strip())


def mssql(user: str, password: str, database: str) -> list[str]:
    """Statements for SQL Server, to run one by one without a transaction: readers shall not wait for writers."""
    return [
        f"IF DB_ID(N'{database}') IS NULL CREATE DATABASE [{database}] COLLATE {COLLATION}",
        f"IF EXISTS (SELECT 1 FROM sys.databases WHERE name = N'{database}' AND is_read_committed_snapshot_on = 0)"  # noqa: S608 - make_secrets.py wrote the names
        f" ALTER DATABASE [{database}] SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE",
        f"IF SUSER_ID(N'{user}') IS NULL CREATE LOGIN [{user}] WITH PASSWORD = N'{password}'"
        f" ELSE ALTER LOGIN [{user}] WITH PASSWORD = N'{password}'",
        f"ALTER DATABASE [{database}] SET ALLOW_SNAPSHOT_ISOLATION ON",  # backups read one moment
        f"USE [{database}]",
        f"IF USER_ID(N'{user}') IS NULL CREATE USER [{user}] FOR LOGIN [{user}]",
        f"ALTER ROLE db_owner ADD MEMBER [{user}]",
    ]


def _mssql(url: SplitResult, admin: str) -> None:
    import mssql_python

    place = f"Server={url.hostname},{url.port};Database=master;UID=sa;PWD={admin};{os.environ['DIGI_DATABASE_EXTRA']}"
    with closing(mssql_python.connect(place, autocommit=True)) as link, closing(link.cursor()) as cursor:
        for statement in mssql(str(url.username), str(url.password), url.path[1:]):
            cursor.execute(statement)


def _postgres(url: SplitResult, admin: str) -> None:
    import psycopg
    from psycopg.sql import SQL, Identifier, Literal

    user, password, database = Identifier(str(url.username)), Literal(str(url.password)), Identifier(url.path[1:])
    place = f"host={url.hostname} port={url.port} dbname=postgres user=postgres password={admin}"
    with psycopg.connect(place, autocommit=True) as link:
        there = link.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [url.username]).fetchone()
        verb = SQL("ALTER" if there else "CREATE")
        link.execute(SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, user, password))
        if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [url.path[1:]]).fetchone():
            link.execute(SQL("CREATE DATABASE {} OWNER {}").format(database, user))


if __name__ == "__main__":
    main()
