"""Work done later: our backend for Django's Tasks API, with lease, retry, lanes and schedules.

    @task(backend="crm")
    def send_digest(day: str) -> None: ...

    send_digest.using(run_after=tomorrow, unique="digest|2026-11-21", lane="user|17").enqueue(day)

A job is enqueued in the transaction of the change. `unique` keeps a second unfinished job of the
same name from being made; jobs of one `lane` run one after the other, in order. What only
the clock asks for runs beside the others, so that nobody waits for it.
"""
