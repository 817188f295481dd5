"""A spike of millions of readers: how near the portal comes to a static file, beside its peers.

    python -m bench.spike          everything, in less than a quarter of an hour: `make bench`
    ROUNDS=1 python -m bench.spike as a trial

machine     what this runs on, the two cores, and how busy the machine is
servers     starting a server on its core, and what it takes of memory
load        what wrk says of it
portal      our portal, with databases of its own
peers       the others, in bench/peers, built from the registries
nginx       the operators' nginx and nginx with the page as a file
contenders  who takes part
contest     all of them in turn
publishing  approvals under load: how soon they are seen, and what they cost readers
growth      more rows, more provinces
targets     what is to be reached, and the limits below which the run fails
report      results.md and the picture

Everything but wrk and this program runs on the first core, both of these on the last: ratios of
one run mean something, numbers do not.
"""
