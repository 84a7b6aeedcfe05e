namespace Hawser.Protobuf;

/// <summary>The text of one <c>.proto</c> file.</summary>
/// <param name="Name">The name that imports use.</param>
/// <param name="Text">UTF-8, as it was given.</param>
/// <param name="GivenName">The name that the caller knows it by, for diagnostics.</param>
/// <param name="IsCompiled">Whether it was asked for, rather than found as an import.</param>
internal sealed record ProtoFile(string Name, byte[] Text, string GivenName, bool IsCompiled);
