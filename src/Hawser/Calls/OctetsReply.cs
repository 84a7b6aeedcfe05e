using System.IO.Pipelines;

namespace Hawser;

/// <summary>A response that is a raw byte stream, still arriving. Disposing it before its end cancels the call.</summary>
/// <remarks>One reader at a time, through either <see cref="Reader"/> or <see cref="AsStream"/>.</remarks>
public class OctetsReply : IAsyncDisposable
{
    private readonly ClientCall call;

    internal OctetsReply(ClientCall call) => this.call = call;

    /// <summary>The octets, without a copy. A status that is not OK is thrown after the last octet.</summary>
    public PipeReader Reader => call.ResponseOctets;

    /// <summary>The octets as a stream; costs one copy.</summary>
    /// <returns>A stream whose disposal disposes the reply's reader.</returns>
    public Stream AsStream() => call.ResponseOctets.AsStream(leaveOpen: true);

    /// <summary>Ends the reply, cancelling the call if octets are still to come.</summary>
    /// <returns>A task that ends when the call's buffers are free.</returns>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return call.DisposeAsync();
    }
}

/// <summary>A typed reply followed by a raw byte stream.</summary>
/// <typeparam name="TReply">The reply's type.</typeparam>
public sealed class OctetsReply<TReply> : OctetsReply
{
    internal OctetsReply(ClientCall call, TReply reply)
        : base(call) => Reply = reply;

    /// <summary>The typed reply.</summary>
    public TReply Reply { get; }
}
