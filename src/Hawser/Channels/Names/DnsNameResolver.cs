using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Hawser;

/// <summary>Asks DNS servers of the application's choice, whatever the system is set up with.</summary>
/// <remarks>
/// IPv6 and IPv4 addresses are asked for at the same time, over UDP, or over TCP where an answer does not fit. A server that does not answer in time, or not well, is
/// followed by the next one. Found addresses are remembered as long as their records allow; failures never are. <c>localhost</c> is answered without asking. The system's hosts
/// file and search domains are not used. Plain DNS is not authenticated: numbers and ports that cannot be guessed keep out those who cannot listen in. Safe from any thread.
/// </remarks>
public sealed class DnsNameResolver : INameResolver
{
    /// <summary>How long the other family may still take once one has answered (RFC 8305, section 3).</summary>
    private static readonly TimeSpan ResolutionDelay = TimeSpan.FromMilliseconds(50);

    private readonly IReadOnlyList<IPEndPoint> servers;
    private readonly Lazy<DnsCache> cache;

    /// <summary>Creates a resolver.</summary>
    /// <param name="servers">The servers, in the order in which they are asked; 1 to 16. Their port is 53 as a rule.</param>
    /// <exception cref="ArgumentException">There are no servers, or too many.</exception>
    public DnsNameResolver(params IReadOnlyList<IPEndPoint> servers)
    {
        ArgumentNullException.ThrowIfNull(servers);
        if (servers.Count is 0 or > 16)
            throw new ArgumentException($"A DnsNameResolver takes 1 to 16 servers, not {servers.Count}.", nameof(servers));
        this.servers = [.. servers];
        cache = new Lazy<DnsCache>(() => new DnsCache(MaxCachedNames, MaxCacheTime, TimeProvider));
    }

    /// <summary>How long one server may take over one question. Default 2 s; range 1 ms…1 min.</summary>
    public TimeSpan Timeout
    {
        get;
        init => field = value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromMinutes(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Timeout), value, "Timeout must be 1 ms…1 min.");
    } = TimeSpan.FromSeconds(2);

    /// <summary>How often the servers are gone through before a name has failed. Default 2; range 1…10.</summary>
    public int Rounds
    {
        get;
        init => field = value is >= 1 and <= 10 ? value : throw new ArgumentOutOfRangeException(nameof(Rounds), value, "Rounds must be 1…10.");
    } = 2;

    /// <summary>How many names are remembered; the one that is next to expire makes room. Default 1,024; range 0 (none)…100,000.</summary>
    public int MaxCachedNames
    {
        get;
        init => field = value is >= 0 and <= 100_000 ? value : throw new ArgumentOutOfRangeException(nameof(MaxCachedNames), value, "MaxCachedNames must be 0…100,000.");
    } = 1024;

    /// <summary>The longest that a name is remembered, whatever its records say. Default 5 min; range 0 (never)…1 d.</summary>
    public TimeSpan MaxCacheTime
    {
        get;
        init => field = value >= TimeSpan.Zero && value <= TimeSpan.FromDays(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxCacheTime), value, "MaxCacheTime must be 0…1 d.");
    } = TimeSpan.FromMinutes(5);

    /// <summary>The clock behind timeouts and the cache; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        if (AddressOrder.IsLocalhost(host))
            return [IPAddress.Loopback, IPAddress.IPv6Loopback];
        if (cache.Value.Find(host) is { } known)
            return known;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var six = AskAsync(host, DnsType.Aaaa, either.Token);
        var four = AskAsync(host, DnsType.A, either.Token);
        try
        {
            await BothAsync(six, four, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await either.CancelAsync().ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<IPAddress> found = [.. AddressesOf(six), .. AddressesOf(four)];
        if (found.Count == 0)
            throw Failure(host, six, four);
        if (six.IsCompletedSuccessfully && four.IsCompletedSuccessfully)
            cache.Value.Add(host, found, TimeToLiveOf(six) < TimeToLiveOf(four) ? TimeToLiveOf(six) : TimeToLiveOf(four));
        return found;
    }

    private static IReadOnlyList<IPAddress> AddressesOf(Task<Answer> question) => question.IsCompletedSuccessfully ? question.Result.Addresses : [];

    /// <summary>That a name has none of one family says nothing about how long the other's may be remembered.</summary>
    private static TimeSpan TimeToLiveOf(Task<Answer> question) => question.Result.Addresses.Count > 0 ? question.Result.TimeToLive : TimeSpan.MaxValue;

    private static IOException Failure(string host, Task<Answer> six, Task<Answer> four)
    {
        var reason = six.Exception?.InnerException ?? four.Exception?.InnerException;
        return reason is null
            ? new IOException($"The name '{host}' cannot be resolved (no such host).", new SocketException((int)SocketError.HostNotFound))
            : new IOException($"The name '{host}' cannot be resolved ({reason.Message.TrimEnd('.')}).", reason);
    }

    /// <summary>Waits for both families, but for the second not much longer once the first has brought addresses.</summary>
    private async Task BothAsync(Task<Answer> six, Task<Answer> four, CancellationToken cancellationToken)
    {
        Task both = Task.WhenAll(six, four);
        await Task.WhenAny(six, four).WaitAsync(cancellationToken).ConfigureAwait(false);
        var wait = AddressesOf(six).Count + AddressesOf(four).Count > 0 ? ResolutionDelay : System.Threading.Timeout.InfiniteTimeSpan;
        await both.WaitAsync(wait, TimeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Asks for one family, over all aliases.</summary>
    private async Task<Answer> AskAsync(string host, DnsType type, CancellationToken cancellationToken)
    {
        var name = host;
        var timeToLive = TimeSpan.MaxValue;
        for (var i = 0; i <= DnsResponse.MaxAliases; i++)
        {
            var question = new DnsQuestion((ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1), name, type);
            var response = await AskServersAsync(question, cancellationToken).ConfigureAwait(false);
            timeToLive = response.TimeToLive < timeToLive ? response.TimeToLive : timeToLive;
            if (response.Addresses.Count > 0 || response.IsNoSuchName || string.Equals(response.Alias, question.Name, StringComparison.Ordinal))
                return new Answer(response.Addresses, timeToLive);

            // The server knows what the name stands for, but not where that is.
            name = response.Alias;
        }

        throw new IOException($"there are more than {DnsResponse.MaxAliases} aliases one after another");
    }

    private async Task<DnsResponse> AskServersAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        var failure = "";
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var server in servers)
            {
                using var timeout = new CancellationTokenSource(Timeout, TimeProvider);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
                try
                {
                    var response = await DnsExchange.AskAsync(server, question, either.Token).ConfigureAwait(false);
                    if (response.Code == 0 || response.IsNoSuchName)
                        return response;
                    failure = $"the DNS server {server} answered with the code {response.Code}";
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    failure = $"the DNS server {server} did not answer within {Timeout.TotalSeconds:0.###} s";
                }
                catch (Exception exception) when (exception is SocketException or IOException or DnsFormatException)
                {
                    failure = $"the DNS server {server} cannot be asked: {exception.Message.TrimEnd('.')}";
                }
            }
        }

        throw new IOException(failure);
    }

    private sealed record Answer(IReadOnlyList<IPAddress> Addresses, TimeSpan TimeToLive);
}
