namespace Hawser.Cli.Bench;

/// <summary>What each call of a bench sends when it is not JSON.</summary>
/// <param name="Bytes">The size of a message, or of the octets of a method that takes them.</param>
/// <param name="Messages">How many messages go to a method that takes a stream.</param>
internal sealed record BenchPayload(long Bytes, int Messages);
