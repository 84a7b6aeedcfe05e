using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Hawser.Cli;

/// <summary>The usual help, and below it the details of the subcommand.</summary>
internal sealed class DetailedHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public static HelpOption CreateOption()
    {
        var option = new HelpOption();
        option.Action = new DetailedHelp((HelpAction)option.Action!);
        return option;
    }

    /// <summary>Help is what the user wants, whatever is wrong with the rest.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Subcommand subcommand)
            parseResult.InvocationConfiguration.Output.WriteLine(subcommand.Details);
        return code;
    }
}
