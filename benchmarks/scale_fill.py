"""Fills the database of this process's settings for `benchmarks.scale`; the sizes are fill_site's, in JSON."""

import json
import sys
import time


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.big_catalogue import tidy_database
    from benchmarks.big_site import fill_site

    started = time.monotonic()

    def tell(what: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {what}", flush=True)

    call_command("migrate", verbosity=0)
    call_command("collectstatic", "--noinput", verbosity=0)
    fill_site(**json.loads(sys.argv[1]), tell=tell)
    tell("VACUUM ANALYZE")
    tidy_database()


if __name__ == "__main__":
    main()
