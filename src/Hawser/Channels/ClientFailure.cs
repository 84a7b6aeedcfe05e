namespace Hawser;

/// <summary>What a caller gets thrown.</summary>
internal static class ClientFailure
{
    /// <summary>The exception for a status: the caller's own cancellation comes back as its token's.</summary>
    internal static Exception Of(Method method, Status status, Metadata trailers, bool notRun, CancellationToken cancellationToken) =>
        status.Code == StatusCode.Cancelled && cancellationToken.IsCancellationRequested
            ? new OperationCanceledException($"The call of '{method.FullName}' was cancelled by its caller.", cancellationToken)
            : new RpcException(status, trailers) { NotRun = notRun };

    internal static RpcException MissingReply(Method method, Type type) => new(
        StatusCode.Internal,
        $"'{method.FullName}' ended well but sent no reply, where a {TypeNames.Of(type)} is expected; call it with the reply type Empty if it has none.");

    internal static RpcException SecondReply(Method method) => new(
        StatusCode.Internal,
        $"'{method.FullName}' sent a second reply where one is expected; call it by StreamAsync if it streams.");

    internal static RpcException WrongReply(Method method, Type type, FormatException failure) => new(
        new Status(StatusCode.Internal, $"A reply of '{method.FullName}' cannot be decoded as {TypeNames.Of(type)}: {failure.Message}"),
        trailers: null,
        failure);
}
