namespace Hawser.Cli;

/// <summary>A call that ended with a status whose details can be told in words.</summary>
internal sealed class CallFailedException(RpcException call, IReadOnlyList<string> details) : Exception(call.Message, call)
{
    public Status Status => call.Status;

    /// <summary>What is shown below the status, a line each.</summary>
    public IReadOnlyList<string> Details => details;
}
