#!/usr/bin/python3
"""grpcio's side of the interoperability cases, as a client.

It prints a line per case, "NAME: passed", "NAME: failed: SENTENCE" or "NAME: not possible: SENTENCE" (as far as the library can, it passed).
The exit code is 1 when a case failed, or else 77 when one was not possible."""

import argparse
import pathlib
import sys

import grpc

from cases import CASES, Client, Failure, NotPossible
from interop import Messages, add_descriptors_argument


def run(client, name):
    try:
        CASES[name](client)
    except NotPossible as reason:
        print(f"{name}: not possible: {reason}", flush=True)
        return 77
    except (Failure, grpc.RpcError) as failure:
        print(f"{name}: failed: {' '.join(str(failure).split())}", flush=True)
        return 1
    print(f"{name}: passed", flush=True)
    return 0


def connect(options):
    address = f"{options.server_host}:{options.server_port}"
    if not options.use_tls:
        return grpc.insecure_channel(address)
    trusted = options.ca.read_bytes() if options.ca else None
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(trusted))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server_host", metavar="HOST", default="127.0.0.1")
    parser.add_argument("--server_port", metavar="PORT", type=int, required=True)
    parser.add_argument("--test_case", metavar="NAMES", default="all", help="the names of cases with commas between them, or all")
    parser.add_argument("--use_tls", action="store_true", help="speak TLS")
    parser.add_argument("--ca", type=pathlib.Path, metavar="FILE", help="the certificates to trust in PEM, instead of the system's")
    add_descriptors_argument(parser)
    options = parser.parse_args()

    names = list(CASES) if options.test_case == "all" else options.test_case.split(",")
    unknown = [name for name in names if name not in CASES]
    if unknown:
        parser.error(f"there is no case {', '.join(unknown)}; there are {', '.join(CASES)}")

    with connect(options) as channel:
        client = Client(channel, Messages(options.descriptors))
        results = [run(client, name) for name in names]
    return 1 if 1 in results else max(results)


if __name__ == "__main__":
    sys.exit(main())
