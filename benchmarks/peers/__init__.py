"""coevo beside other packages: the same data, the same answers, time and memory.

    python -m benchmarks.peers            print the table
    python -m benchmarks.peers --write    and put it into docs/benchmarks.md

The peers of `benchmarks/peers.txt` get an environment of their own in `benchmarks/.peers`, made
when it is not there yet; coevo needs none of them. A new task is an entry in the `TASKS` of a
module here. An answer that differs ends the run.
"""
