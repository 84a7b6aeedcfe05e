using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace Hawser.Node.Quickstart;

/// <summary>Details of a status as gRPC has them: an encoded <c>google.rpc.Status</c>.</summary>
internal static class FailureDetails
{
    private const string Domain = "quickstart.hawser";

    public static byte[] Encode(StatusCode code, string text, string reason)
    {
        // The field that is called "reason" today was called "type" when these classes were generated.
        var info = new ErrorInfo { Type = reason, Domain = Domain };
        return new Google.Rpc.Status { Code = (int)code, Message = text, Details = { Any.Pack(info) } }.ToByteArray();
    }
}
