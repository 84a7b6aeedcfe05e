namespace Hawser.Cli.Parsing;

/// <summary>Where a node is: what the command accepts as URI.</summary>
internal static class Address
{
    public const string Help = "Where the node is: tcp://HOST:PORT, tls://HOST:PORT or unix:/PATH.";

    /// <summary>What is wrong with an address, or null.</summary>
    public static string? Check(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
            return $"'{text}' is not an address; write for instance tcp://127.0.0.1:4772";
        return address.Scheme switch
        {
            "tcp" or "tls" when address.Port <= 0 && !text.EndsWith(":0", StringComparison.Ordinal) =>
                $"'{text}' has no port; write for instance {address.Scheme}://{(address.Host.Length == 0 ? "127.0.0.1" : address.Host)}:4772",
            "tcp" or "tls" or "unix" => null,
            "inproc" => "inproc: reaches only a server in the same process; use tcp://, tls:// or unix:",
            _ => $"unknown scheme '{address.Scheme}:' in '{text}'; use tcp://, tls:// or unix:",
        };
    }
}
