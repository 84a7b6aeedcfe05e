namespace Hawser;

/// <summary>How a call ended: a code, a sentence, and optional details.</summary>
/// <remarks>Immutable and safe to share between threads. The text travels to the peer: it must hold no secret.</remarks>
public sealed class Status
{
    /// <summary>The call succeeded, with nothing more to say.</summary>
    public static readonly Status Ok = new(StatusCode.Ok, "");

    /// <summary>Creates a status.</summary>
    /// <param name="code">How the call ended.</param>
    /// <param name="text">What failed, on what, and what to do; empty for <see cref="StatusCode.Ok"/>.</param>
    /// <param name="details">Machine-readable details, opaque to Hawser; over gRPC an encoded <c>google.rpc.Status</c>. Empty by default.</param>
    public Status(StatusCode code, string text, ReadOnlyMemory<byte> details = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        Code = code;
        Text = text;
        Details = details;
    }

    /// <summary>How the call ended.</summary>
    public StatusCode Code { get; }

    /// <summary>What failed, on what, and what to do. Never null.</summary>
    public string Text { get; }

    /// <summary>Machine-readable details; empty when there are none.</summary>
    public ReadOnlyMemory<byte> Details { get; }

    /// <summary>Whether the code is <see cref="StatusCode.Ok"/>.</summary>
    public bool IsOk => Code == StatusCode.Ok;

    /// <summary>Whether this side says it because it could make no connection at all. Does not travel.</summary>
    internal bool IsConnectFailure { get; init; }

    /// <summary>The code and the text, for logs: <c>NotFound: no snapshot "tank@a"</c>.</summary>
    /// <returns>The code alone when there is no text.</returns>
    public override string ToString() => Text.Length == 0 ? Code.ToString() : $"{Code}: {Text}";

    internal static StatusCode CodeFromNumber(ulong number) => number <= 16 ? (StatusCode)number : StatusCode.Unknown;
}
