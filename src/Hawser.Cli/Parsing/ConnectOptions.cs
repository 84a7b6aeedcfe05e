using System.CommandLine;

namespace Hawser.Cli.Parsing;

/// <summary>The options of all client commands that say how the server is reached.</summary>
/// <param name="deadlineMeaning">What <c>--deadline</c> bounds; null for a command that has no end of its own.</param>
internal sealed class ConnectOptions(string? deadlineMeaning)
{
    private readonly Option<TimeSpan?>? deadline = deadlineMeaning is null ? null : CommonOptions.CreateDuration("--deadline", deadlineMeaning);

    private readonly Option<bool> waitForReady = new("--wait-for-ready")
    {
        Description = "Wait while the server cannot be reached, " + (deadlineMeaning is null ? "for ever," : "until --deadline,") + " instead of failing at once.",
    };

    private readonly TlsOptions tls = new();

    public void AddTo(Command command)
    {
        if (deadline is not null)
            command.Options.Add(deadline);
        command.Options.Add(waitForReady);
        tls.AddTo(command);
    }

    /// <summary>What the options say.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="address">What is connected to.</param>
    /// <exception cref="CommandException">They contradict each other or the address, or a file is missing or is not what it should be.</exception>
    public ConnectSettings Read(ParseResult parsed, string address) => new()
    {
        Transport = tls.Read(parsed, address),
        WaitForReady = parsed.GetValue(waitForReady),
        Deadline = deadline is null ? null : parsed.GetValue(deadline),
    };
}
