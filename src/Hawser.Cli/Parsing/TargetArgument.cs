using System.CommandLine;

namespace Hawser.Cli.Parsing;

/// <summary>The arguments of commands that look at a schema: <c>[URI] [NAME]</c>, where files may stand in for the server.</summary>
internal sealed class TargetArgument
{
    private readonly Argument<string[]> argument;

    /// <param name="name">What the second argument is called.</param>
    /// <param name="description">What it means.</param>
    public TargetArgument(string name, string description)
    {
        // One argument for both: the optional one comes first, which the parser could not tell from the other.
        argument = new Argument<string[]>($"URI [{name}]") { Description = $"{Address.Help} Not needed with --proto or --descriptor-set. {description}", Arity = new ArgumentArity(0, 2) };
        argument.Validators.Add(result =>
        {
            var texts = result.Tokens.Select(token => token.Value).ToArray();
            if (texts.Length == 0)
                return;
            if (Address.IsMeant(texts[0]) && Address.CheckAll(texts[0]) is { } wrong)
                result.AddError(wrong);
            else if (texts.Length == 2 && !Address.IsMeant(texts[0]))
                result.AddError($"'{texts[0]}' is not an address; write for instance tcp://127.0.0.1:4772 or grpc://127.0.0.1:4770");
        });
    }

    public void AddTo(Command command) => command.Arguments.Add(argument);

    /// <summary>The address, null when files stand in for it, and the name, null when there is none.</summary>
    /// <exception cref="CommandException">There is no address and there are no files, or both.</exception>
    public (string? Address, string? Name) Read(ParseResult parsed, ProtoSettings settings)
    {
        var texts = parsed.GetValue(argument) ?? [];
        var address = texts.Length > 0 && Address.IsMeant(texts[0]) ? texts[0] : null;
        var name = texts.ElementAtOrDefault(address is null ? 0 : 1);
        if (address is null && !settings.HasFiles)
            throw new CommandException(ExitCode.Usage, "URI is missing; give it, or the schema with --proto FILE or --descriptor-set FILE.");
        if (address is not null && settings.HasFiles)
            throw new CommandException(ExitCode.Usage, $"with --proto or --descriptor-set no server is asked; leave out {address}.");
        return (address, name);
    }
}
