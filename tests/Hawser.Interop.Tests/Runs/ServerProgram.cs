using Hawser.Interop.Tests.Languages;

namespace Hawser.Interop.Tests.Runs;

/// <summary>A server of one language, running on a port that it chose.</summary>
internal sealed class ServerProgram : IAsyncDisposable
{
    private const string Listening = "listening on ";

    private readonly RunningProcess process;

    private ServerProgram(RunningProcess process, string port)
    {
        this.process = process;
        Port = port;
    }

    public string Port { get; }

    /// <summary>Starts it, and waits until it listens.</summary>
    public static async Task<ServerProgram> StartAsync(Language language, params string[] arguments)
    {
        var started = language.Server.With(["--port", "0", .. arguments]).Start();
        try
        {
            var line = await started.Output.WaitForAsync(line => line.StartsWith(Listening, StringComparison.Ordinal), $"the port of the server in {language}");
            return new ServerProgram(started, line[Listening.Length..]);
        }
        catch (InvalidOperationException exception)
        {
            var end = await started.WaitAsync();
            throw new InvalidOperationException($"The server in {language} ended with exit code {end.ExitCode}: {end.Error}", exception);
        }
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
