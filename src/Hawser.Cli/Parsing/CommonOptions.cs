using System.CommandLine;
using System.CommandLine.Parsing;

namespace Hawser.Cli.Parsing;

/// <summary>Arguments and options that several subcommands share, and how their values are read.</summary>
internal static class CommonOptions
{
    public static Argument<string> CreateAddress()
    {
        var address = new Argument<string>("URI") { Description = Address.Help };
        address.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && Address.CheckAll(result.Tokens[0].Value) is { } wrong)
                result.AddError(wrong);
        });
        return address;
    }

    public static Argument<string> CreateMethod()
    {
        var method = new Argument<string>("METHOD") { Description = "The method's full name: Service/Method or package.Service/Method." };
        method.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && CheckMethod(WithSlash(result.Tokens[0].Value)) is { } wrong)
                result.AddError(wrong);
        });
        return method;
    }

    /// <summary>The method's full name, with a slash before the method also where the user wrote a dot, as other tools allow.</summary>
    public static string ReadMethod(ParseResult parsed, Argument<string> method) => WithSlash(parsed.GetRequiredValue(method));

    /// <summary>The limits of a connection whose messages may be as large as the option says.</summary>
    /// <exception cref="CommandException">It is out of range.</exception>
    public static ConnectionLimits ReadLimits(ParseResult parsed, Option<long?> maxMessage)
    {
        if (parsed.GetValue(maxMessage) is not { } bytes)
            return new ConnectionLimits();
        try
        {
            var size = (int)Math.Min(bytes, int.MaxValue);
            var limits = new ConnectionLimits { MaxMessageSize = size };
            return limits with { MaxAssemblySize = Math.Max(limits.MaxAssemblySize, size) };
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new CommandException(ExitCode.Usage, $"{maxMessage.Name} is {bytes} bytes; write 1 to 1GiB.", exception);
        }
    }

    /// <summary>An option that takes a length of time.</summary>
    /// <param name="name">What the user types.</param>
    /// <param name="description">What it means.</param>
    /// <param name="mayBeZero">Whether no time at all is one, too.</param>
    public static Option<TimeSpan?> CreateDuration(string name, string description, bool mayBeZero = false) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => ReadDuration(result, name, mayBeZero),
    };

    public static Option<long?> CreateByteSize(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "BYTES",
        CustomParser = result =>
        {
            if (ByteSize.TryParse(result.Tokens[0].Value, out var bytes))
                return bytes;
            result.AddError($"{name} is '{result.Tokens[0].Value}'; write {ByteSize.Expected}");
            return null;
        },
    };

    public static Option<int?> CreateNumber(string name, string description, int low, int high) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, out var number) && number >= low && number <= high)
                return number;
            result.AddError($"{name} is '{result.Tokens[0].Value}'; write a whole number from {low} to {high}");
            return null;
        },
    };

    private static TimeSpan? ReadDuration(ArgumentResult result, string name, bool mayBeZero)
    {
        if (Duration.TryParse(result.Tokens[0].Value, out var duration) && (mayBeZero || duration > TimeSpan.Zero))
            return duration;
        result.AddError($"{name} is '{result.Tokens[0].Value}'; write {Duration.Expected}, {(mayBeZero ? "" : "more than 0 and ")}at most 24h");
        return null;
    }

    private static string WithSlash(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot <= 0 || name.Contains('/', StringComparison.Ordinal) ? name : $"{name[..dot]}/{name[(dot + 1)..]}";
    }

    private static string? CheckMethod(string name)
    {
        try
        {
            _ = new Method(name);
            return null;
        }
        catch (ArgumentException exception)
        {
            return ArgumentMessage.Of(exception);
        }
    }
}
