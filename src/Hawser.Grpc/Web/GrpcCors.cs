namespace Hawser.Grpc;

/// <summary>Which web pages may call a gRPC server by gRPC-Web: browsers ask before they let a page of another origin call, and keep from it what is not allowed.</summary>
/// <remarks>
/// Immutable. Applies to the addresses that a <see cref="HawserServer"/> listens on itself; within ASP.NET Core its own CORS applies. It protects people's browsers, not the
/// server: programs other than browsers can say what they like. Source: the Fetch standard.
/// </remarks>
public sealed record GrpcCors
{
    /// <summary>
    /// The origins that may call, as browsers name them: <c>https://example.org</c>, <c>http://localhost:5173</c>. None by default; <c>*</c> allows all, which is for servers
    /// that anybody may call anyway.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>The names of the metadata that pages may send; whatever they ask for by default (<c>*</c>). What gRPC-Web itself sends is always allowed.</summary>
    public IReadOnlyList<string> AllowedHeaders { get; init; } = [Web.CorsAnswers.Any];

    /// <summary>The names of the response headers of handlers that pages may read; none by default. The status and trailers can always be read.</summary>
    public IReadOnlyList<string> ExposedHeaders { get; init; } = [];

    /// <summary>How long a browser may remember the answer. Two hours by default, which is the most that some browsers take; zero to be asked before every call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan MaxAge
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "MaxAge must not be negative.");
    } = TimeSpan.FromHours(2);
}
