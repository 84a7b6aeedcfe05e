namespace Hawser;

/// <summary>The failure of asking for acknowledgement on a wire that has none.</summary>
internal static class UnsupportedAcknowledgement
{
    internal static RpcException Of(Method method) => new(
        StatusCode.Unimplemented,
        $"The wire of this call of '{method}' does not tell what the peer has consumed; the Hawser wire does. Have the peer reply instead.");
}
