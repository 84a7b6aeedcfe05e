namespace Hawser.Interop.Tests.Languages;

/// <summary>Our own.</summary>
public sealed class HawserLanguage : Language
{
    public override string Name => "Hawser";

    public override string? WithoutProbe(string testCase) => testCase switch
    {
        "client_compressed_unary" => "client_compressed_unary_noprobe",
        "client_compressed_streaming" => "client_compressed_streaming_noprobe",
        _ => null,
    };

    internal override CommandLine Server => BuiltProgram("Hawser.InteropServer");

    internal override CommandLine Client => BuiltProgram("Hawser.InteropClient");

    private protected override Task<string?> PrepareAsync() => Task.FromResult<string?>(null);

    private static CommandLine BuiltProgram(string name) =>
        new(Repository.PathOf("tests", name, "bin", Repository.Configuration, "net10.0", OperatingSystem.IsWindows() ? name + ".exe" : name));
}
