namespace Hawser.Frames;

/// <summary>A call of this side that waits until the peer takes one more.</summary>
/// <param name="Call">A unary or one-way call that waits, or null.</param>
/// <param name="Method">Its method.</param>
/// <param name="Options">Its options.</param>
/// <param name="Request">A copy of its request, or null when it has none.</param>
/// <param name="Slot">For any other call: completed when it may start.</param>
internal sealed record WaitingStart(UnaryWireCall? Call, Method Method, CallOptions Options, byte[]? Request, TaskCompletionSource<Status?>? Slot);
