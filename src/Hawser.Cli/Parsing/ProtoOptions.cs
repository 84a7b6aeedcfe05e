using System.CommandLine;

namespace Hawser.Cli.Parsing;

/// <summary>The options of the commands that deal with protobuf messages: where their schema is, and how they become JSON.</summary>
/// <param name="withMessages">Whether the command shows or sends messages, not only their schema.</param>
internal sealed class ProtoOptions(bool withMessages)
{
    private readonly Option<string[]> files = new("--proto")
    {
        Description = "A .proto file that holds the schema, instead of asking the server (gRPC only). May be given more than once.",
        HelpName = "FILE",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> importRoots = new("--import-path", "-I")
    {
        Description = "A directory in which --proto files and their imports are looked for. May be given more than once.",
        HelpName = "DIR",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> descriptorSets = new("--descriptor-set", "--protoset")
    {
        Description = "A compiled descriptor set that holds the schema, as protoc --descriptor_set_out writes it (gRPC only). May be given more than once.",
        HelpName = "FILE",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> codec = new("--codec")
    {
        Description = "What the messages are on the wire (gRPC only): proto, or json for servers that speak application/grpc+json. By default what the server tells.",
        HelpName = "proto|json",
    };

    private readonly Option<bool> emitDefaults = new("--emit-defaults") { Description = "Show fields that are zero or empty as well (gRPC only)." };

    private readonly Option<bool> protoNames = new("--proto-names") { Description = "Show fields under their names in the .proto file instead of lowerCamelCase (gRPC only)." };

    public void AddTo(Command command)
    {
        codec.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: not ("proto" or "json") } name, ..])
                result.AddError($"--codec is '{name.Value}'; write proto or json");
        });
        Option[] all = withMessages ? [files, importRoots, descriptorSets, codec, emitDefaults, protoNames] : [files, importRoots, descriptorSets];
        foreach (var option in all)
            command.Options.Add(option);
    }

    /// <summary>What the options say.</summary>
    /// <exception cref="CommandException">They contradict each other.</exception>
    public ProtoSettings Read(ParseResult parsed)
    {
        var settings = new ProtoSettings
        {
            ProtoFiles = parsed.GetValue(files) ?? [],
            ImportRoots = parsed.GetValue(importRoots) ?? [],
            DescriptorSets = parsed.GetValue(descriptorSets) ?? [],
            Codec = withMessages ? parsed.GetValue(codec) : null,
            EmitDefaults = withMessages && parsed.GetValue(emitDefaults),
            UseProtoNames = withMessages && parsed.GetValue(protoNames),
        };
        if (settings is { HasFiles: true, IsJson: true })
            throw new CommandException(ExitCode.Usage, "--codec json needs no schema: leave out --proto and --descriptor-set.");
        if (settings.ImportRoots.Count > 0 && settings.ProtoFiles.Count == 0)
            throw new CommandException(ExitCode.Usage, "--import-path says where --proto files are; give one with --proto FILE.");
        return settings;
    }
}
