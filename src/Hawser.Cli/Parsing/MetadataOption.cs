using System.CommandLine;

namespace Hawser.Cli.Parsing;

/// <summary><c>--metadata k=v</c> or <c>-H 'k: v'</c>, any number of times. The value of a key that ends in <c>-bin</c> is base64.</summary>
internal static class MetadataOption
{
    private const string Expected = "write KEY=VALUE or 'KEY: VALUE'";

    public static Option<Metadata?> Create() => new("--metadata", "-m", "--header", "-H")
    {
        Description = "Metadata to send, KEY=VALUE or 'KEY: VALUE'; may be given more than once. The value of a key that ends in -bin is base64.",
        HelpName = "KEY=VALUE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result =>
        {
            var metadata = new Metadata();
            foreach (var token in result.Tokens)
            {
                if (TryAdd(metadata, token.Value) is { } wrong)
                    result.AddError(wrong);
            }

            return metadata;
        },
    };

    internal static string? TryAdd(Metadata metadata, string text)
    {
        // A key has neither character, so that the first one ends it.
        var end = text.AsSpan().IndexOfAny('=', ':');
        if (end <= 0)
            return $"--metadata is '{text}'; {Expected}";
        var key = text[..end];
        var value = text[end] == ':' ? text[(end + 1)..].Trim() : text[(end + 1)..];
        try
        {
            if (key.EndsWith("-bin", StringComparison.OrdinalIgnoreCase))
                metadata.Add(key, Convert.FromBase64String(value));
            else
                metadata.Add(key, value);
            return null;
        }
        catch (FormatException)
        {
            return $"--metadata '{key}' ends in -bin, and its value is not base64";
        }
        catch (ArgumentException exception)
        {
            return ArgumentMessage.Of(exception);
        }
    }
}
