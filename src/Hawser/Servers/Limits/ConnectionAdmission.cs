namespace Hawser;

/// <summary>Counts a server's connections, over all its listeners, against its limits.</summary>
/// <remarks>Safe from any thread.</remarks>
internal sealed class ConnectionAdmission(HawserServerOptions options)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> perAddress = new(StringComparer.Ordinal);
    private int count;

    /// <summary>Takes a place for a link.</summary>
    /// <param name="remoteHost">Where it comes from.</param>
    /// <param name="refusal">What its peer is told when there is no place.</param>
    /// <returns>The place, to be disposed when the link has ended; null when there is none.</returns>
    internal IDisposable? TryEnter(string remoteHost, out Status? refusal)
    {
        // Without the limit nothing is kept of addresses.
        var address = options.MaxConnectionsPerAddress is null ? null : RemoteHosts.KeyOf(remoteHost);
        lock (gate)
        {
            var fromThere = address is null ? 0 : perAddress.GetValueOrDefault(address);
            refusal = count >= options.MaxConnections
                ? Refusal($"the server has {options.MaxConnections} connections already (HawserServerOptions.MaxConnections)")
                : fromThere >= options.MaxConnectionsPerAddress
                    ? Refusal($"the server has {options.MaxConnectionsPerAddress} connections from {address} already (HawserServerOptions.MaxConnectionsPerAddress)")
                    : null;
            if (refusal is not null)
                return null;
            count++;
            if (address is not null)
                perAddress[address] = fromThere + 1;
        }

        return new Place(this, address);
    }

    private static Status Refusal(string text) => new(StatusCode.Unavailable, text);

    private void Leave(string? address)
    {
        lock (gate)
        {
            count--;
            if (address is not null && --System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(perAddress, address) == 0)
                perAddress.Remove(address);
        }
    }

    private sealed class Place(ConnectionAdmission admission, string? address) : IDisposable
    {
        private int isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isLeft, 1) == 0)
                admission.Leave(address);
        }
    }
}
