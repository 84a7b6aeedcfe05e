namespace Hawser.Cli.Parsing;

/// <summary>What an <see cref="ArgumentException"/> says, for people who know nothing of parameters.</summary>
internal static class ArgumentMessage
{
    public static string Of(ArgumentException exception)
    {
        var parameter = exception.Message.IndexOf(" (Parameter", StringComparison.Ordinal);
        return parameter < 0 ? exception.Message : exception.Message[..parameter];
    }
}
