using System.Text.RegularExpressions;

namespace Hawser.Cli;

/// <summary>Turns the library's sentences, which are for programmers, into ones for who types commands.</summary>
internal static partial class Wording
{
    private const string MessageLimit = "MaxMessageSize";

    /// <summary>Leaves out the names of settings in C#, names the options that stand for them, and leaves one mark at the end of a question.</summary>
    public static string ForUsers(string text) => QuestionAndPeriod().Replace(Setting().Replace(text, OptionOf), "?");

    private static string OptionOf(Match setting) =>
        setting.Groups["name"].ValueSpan.SequenceEqual(MessageLimit) ? " (the receiver's limit; that of 'hawser call' is --max-message)" : "";

    // For instance " (ConnectionLimits.MaxMessageSize of the receiver)".
    [GeneratedRegex(@" \((ConnectionLimits|HawserServerOptions|HawserChannelOptions)\.(?<name>\w+)[^)]*\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Setting();

    [GeneratedRegex(@"\?\.(?=\s|$)", RegexOptions.None, 1000)]
    private static partial Regex QuestionAndPeriod();
}
