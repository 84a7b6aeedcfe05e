using System.Globalization;
using Hawser.Cli.Parsing;

namespace Hawser.Cli.Calls;

/// <summary>What <c>-v</c> shows of a call on standard error: metadata both ways, the status, and how long things took.</summary>
/// <param name="output">Where to; null shows nothing.</param>
/// <param name="clock">Measures.</param>
internal sealed class CallTrace(TextWriter? output, TimeProvider clock)
{
    private readonly long started = clock.GetTimestamp();

    public bool IsOn => output is not null;

    public void Connected(string address) => Line($"connected to {address} after {Elapsed()}");

    public void Request(CalledMethod method, Metadata? metadata)
    {
        Line($"{method.Name}: {method.Description.Kind}{(method.IsDescribed ? "" : " (assumed: the node does not tell)")}");
        Entries("> ", metadata ?? Metadata.Empty);
    }

    public void Headers(Metadata headers) => Entries("< ", headers);

    public void End(Status status, Metadata trailers, long messages)
    {
        Entries("< ", trailers);
        Line($"{status} · {messages.ToString(CultureInfo.InvariantCulture)} {(messages == 1 ? "message" : "messages")} after {Elapsed()}");
    }

    private string Elapsed() => Duration.Format(clock.GetElapsedTime(started));

    private void Entries(string prefix, Metadata metadata)
    {
        foreach (var entry in metadata)
            Line($"{prefix}{entry.Key}: {entry.Value ?? Convert.ToBase64String(entry.Bytes.Span)}");
    }

    /// <summary>What a peer sent must not steer the terminal.</summary>
    private void Line(string text) => output?.WriteLine(Failure.OneLine(text));
}
