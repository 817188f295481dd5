"""Processes that are forked from one in which Django is ready, so that a kill costs no start."""

from multiprocessing import get_context

# Forked, because the parent has threads and connections; what they fork from has neither.
processes = get_context("forkserver")
processes.set_forkserver_preload(
    ["tests.faults.office", "tests.faults.courier", "tests.faults.writer"]
)
