namespace Hawser;

/// <summary>A method as both sides know it: its full name and what travels each way.</summary>
/// <remarks>Immutable and safe to share between threads. Two methods are equal when all their properties are.</remarks>
public sealed record Method
{
    /// <summary>The longest full name, in characters.</summary>
    public const int MaxNameLength = 512;

    /// <summary>Describes a method.</summary>
    /// <param name="fullName"><c>Service/Method</c> or <c>package.Service/Method</c>, printable ASCII without spaces, at most <see cref="MaxNameLength"/> characters.</param>
    /// <param name="request">What the caller sends.</param>
    /// <param name="response">What the caller gets.</param>
    /// <param name="oneWay">Whether nothing comes back, not even a status. Needs a request of at most one message and an empty response.</param>
    /// <exception cref="ArgumentException">The name is not of that form, or a one-way method has a stream or a response.</exception>
    public Method(string fullName, Body request = Body.Message, Body response = Body.Message, bool oneWay = false)
    {
        if (CheckName(fullName) is { } wrong)
            throw new ArgumentException(wrong, nameof(fullName));
        if (oneWay && (request > Body.Message || response != Body.Empty))
            throw new ArgumentException($"The one-way method '{fullName}' can take at most one message and gives nothing back.", nameof(oneWay));
        FullName = fullName;
        Request = request;
        Response = response;
        IsOneWay = oneWay;
    }

    /// <summary>The full name: <c>package.Service/Method</c>.</summary>
    public string FullName { get; }

    /// <summary>What the caller sends.</summary>
    public Body Request { get; }

    /// <summary>What the caller gets.</summary>
    public Body Response { get; }

    /// <summary>Whether nothing comes back, not even a status.</summary>
    public bool IsOneWay { get; }

    /// <summary>The name of the codec that the caller writes its messages in and expects replies in; null, the default, for the one of its channel.</summary>
    /// <remarks>Of an endpoint's method: what its handler's types speak; null where they are raw bytes.</remarks>
    public string? Codec { get; init; }

    /// <summary>The kind in gRPC's terms.</summary>
    public MethodKind Kind => (IsOneWay, Request > Body.Message, Response > Body.Message) switch
    {
        (true, _, _) => MethodKind.OneWay,
        (_, false, false) => MethodKind.Unary,
        (_, false, true) => MethodKind.ServerStreaming,
        (_, true, false) => MethodKind.ClientStreaming,
        _ => MethodKind.Duplex,
    };

    /// <summary>The kind and the octets in words, for messages to people: <c>client streaming, octets in</c>.</summary>
    internal string Shape
    {
        get
        {
            var kind = Kind switch
            {
                MethodKind.Unary => "unary",
                MethodKind.ServerStreaming => "server streaming",
                MethodKind.ClientStreaming => "client streaming",
                MethodKind.Duplex => "duplex",
                _ => "one-way",
            };
            return kind + (Request >= Body.Octets ? ", octets in" : "") + (Response >= Body.Octets ? ", octets out" : "");
        }
    }

    /// <summary>The full name.</summary>
    /// <returns><see cref="FullName"/>.</returns>
    public override string ToString() => FullName;

    /// <summary>Whether a caller that speaks <paramref name="called"/> can be served by this method.</summary>
    /// <remarks>Nothing and one message are told apart by what arrives, so that a caller need not know which of them a handler wants.</remarks>
    internal bool Accepts(Method called) =>
        IsOneWay == called.IsOneWay && Same(Request, called.Request) && (IsOneWay || Same(Response, called.Response));

    /// <summary>What is wrong with a full name, or null.</summary>
    internal static string? CheckName(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return "A method's full name is empty; it has the form 'package.Service/Method'.";
        if (name.Length > MaxNameLength)
            return $"A method's full name has {name.Length} characters; at most {MaxNameLength} are allowed.";
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == name.Length - 1 || name.IndexOf('/', slash + 1) >= 0)
            return $"'{name}' is not a method's full name; it has the form 'package.Service/Method'.";
        foreach (var c in name)
        {
            if (c is <= ' ' or > '~')
                return $"The method name '{name}' has a character that is not printable ASCII.";
        }

        return null;
    }

    private static bool Same(Body mine, Body theirs) => mine == theirs || (mine <= Body.Message && theirs <= Body.Message);
}
