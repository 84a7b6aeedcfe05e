namespace Hawser.Cli.Calls;

/// <summary>How a call that was read to its end has ended.</summary>
internal static class ClientCallEnd
{
    /// <summary>Does nothing when the call ended with OK.</summary>
    /// <exception cref="OperationCanceledException">The call ended because the token fired.</exception>
    /// <exception cref="RpcException">The call ended with another status than OK.</exception>
    public static void ThrowUnlessOk(this ClientCall call, CancellationToken cancellationToken)
    {
        var status = call.Status ?? throw new InvalidOperationException($"The call of {call.Method} has not ended.");
        if (status.IsOk)
            return;
        if (status.Code == StatusCode.Cancelled)
            cancellationToken.ThrowIfCancellationRequested();
        throw new RpcException(status, call.Trailers) { NotRun = call.NotRun };
    }
}
