namespace Hawser.Frames;

/// <summary>A server cannot be spoken to, and trying again is of no use.</summary>
internal sealed class PermanentFailureException(Exception reason) : IOException(reason.Message, reason);
