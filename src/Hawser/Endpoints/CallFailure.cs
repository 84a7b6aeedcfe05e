namespace Hawser;

/// <summary>What an endpoint threw, as the status that its caller is told.</summary>
internal static class CallFailure
{
    /// <summary>The status of an exception. Its text holds nothing of an unexpected exception unless <paramref name="exposeDetails"/> says so.</summary>
    internal static Status ToStatus(Exception exception, bool exposeDetails, Method method) => exception switch
    {
        RpcException failure => failure.Status,
        OperationCanceledException => new Status(StatusCode.Cancelled, $"The call of '{method.FullName}' was cancelled."),
        _ when exposeDetails => new Status(StatusCode.Unknown, $"The handler of '{method.FullName}' failed: {exception.GetType().Name}: {exception.Message}"),
        _ => new Status(StatusCode.Unknown, $"The handler of '{method.FullName}' failed."),
    };
}
