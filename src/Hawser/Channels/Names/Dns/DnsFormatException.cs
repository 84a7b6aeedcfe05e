namespace Hawser;

/// <summary>A server's answer is not what RFC 1035 says.</summary>
internal sealed class DnsFormatException(string message) : Exception(message);
