namespace Hawser.Frames;

/// <summary>Why a single message is not acknowledged by itself.</summary>
internal static class AcknowledgedByReply
{
    public static InvalidOperationException Of(Method method, string side) => new(
        $"The {side} of '{method}' is neither a stream nor octets; only those are acknowledged while the call goes on. The end of the call confirms the rest.");
}
