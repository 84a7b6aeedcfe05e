using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>Finds the plan of a method: that of its own name, else of its service, else of all. Safe from any thread.</summary>
internal sealed class MethodPlans
{
    private const string All = "*";

    private readonly Dictionary<string, MethodPlan> byName = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<Method, MethodPlan> known = [];
    private readonly MethodPlan none = new(new MethodPolicy());

    /// <exception cref="ArgumentException">A name or a policy is wrong; the text says how.</exception>
    public MethodPlans(IReadOnlyDictionary<string, MethodPolicy> policies)
    {
        foreach (var (name, policy) in policies)
        {
            if (Check(name, policy) is { } wrong)
                throw new ArgumentException(wrong);
            byName.Add(name, new MethodPlan(policy));
        }
    }

    /// <summary>Whether no method has a policy.</summary>
    public bool IsEmpty => byName.Count == 0;

    public MethodPlan Of(Method method)
    {
        if (IsEmpty)
            return none;
        return known.TryGetValue(method, out var plan) ? plan : known.GetValue(method, Find);
    }

    private MethodPlan Find(Method method)
    {
        var service = method.FullName[..(method.FullName.IndexOf('/', StringComparison.Ordinal) + 1)];
        return byName.GetValueOrDefault(method.FullName) ?? byName.GetValueOrDefault(service + All) ?? byName.GetValueOrDefault(All) ?? none;
    }

    private static string? Check(string name, MethodPolicy? policy)
    {
        var isName = string.Equals(name, All, StringComparison.Ordinal) || Method.CheckName(name) is null;
        if (!isName)
            return $"'{name}' in HawserChannelOptions.Methods is no name of methods; write 'Service/Method', 'Service/*' or '*'.";
        return policy switch
        {
            null => $"The policy of '{name}' in HawserChannelOptions.Methods is null; leave it out if there is none.",
            { Hedging: not null, IsIdempotent: false } => $"The policy of '{name}' hedges calls that may not run twice; set MethodPolicy.IsIdempotent if they may, or leave Hedging out.",
            { Hedging: not null, Retry: not null } => $"The policy of '{name}' has both Retry and Hedging; leave one of them out.",
            _ => null,
        };
    }
}
