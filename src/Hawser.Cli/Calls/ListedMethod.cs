namespace Hawser.Cli.Calls;

/// <summary>A method as a list shows it.</summary>
/// <param name="Name">The full name.</param>
/// <param name="Kind">The kind in words.</param>
/// <param name="Request">What the caller sends.</param>
/// <param name="Response">What the caller gets.</param>
internal sealed record ListedMethod(string Name, string Kind, string Request, string Response)
{
    public static ListedMethod Of(MethodDescription method) => new(method.Name, method.Kind, $"{method.Request}", $"{method.Response}");
}
