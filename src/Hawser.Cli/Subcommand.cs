using System.CommandLine;

namespace Hawser.Cli;

/// <summary>A subcommand with one sentence for the list of all, and details for its own help.</summary>
/// <param name="name">What the user types.</param>
/// <param name="summary">One sentence.</param>
/// <param name="details">Behaviour, examples, exit codes; shown below the options.</param>
internal sealed class Subcommand(string name, string summary, string details) : Command(name, summary)
{
    public string Details { get; } = details;
}
