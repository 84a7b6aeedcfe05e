using Microsoft.Extensions.Logging;

namespace Hawser.Grpc.Server;

/// <summary>Every log entry of the gRPC server. Event ids are stable; a new entry takes the next number.</summary>
internal static partial class GrpcLog
{
    [LoggerMessage(201, LogLevel.Debug, "The handler of {Method} ended its call with {Status}")]
    public static partial void HandlerRefused(ILogger logger, string method, string status);

    [LoggerMessage(202, LogLevel.Error, "The handler of {Method} failed; its call ends with {Code}")]
    public static partial void HandlerFailed(ILogger logger, string method, StatusCode code, Exception exception);

    [LoggerMessage(203, LogLevel.Debug, "Refused a call of {Path} from {Peer}: {Status}")]
    public static partial void CallRefused(ILogger logger, string path, string peer, string status);

    [LoggerMessage(206, LogLevel.Warning, "Reflection cannot tell of {Service}, whose schema does not fit the others: {Reason}")]
    public static partial void SchemaDoesNotFit(ILogger logger, string service, string reason);

    [LoggerMessage(205, LogLevel.Warning, "The contract of {Method} does not fit its endpoint, and is left out: {Reason}")]
    public static partial void ContractDoesNotFit(ILogger logger, string method, string reason);

    [LoggerMessage(204, LogLevel.Warning, "A callback on the cancellation of a call of {Method} failed")]
    public static partial void CancellationCallbackFailed(ILogger logger, string method, Exception exception);
}
