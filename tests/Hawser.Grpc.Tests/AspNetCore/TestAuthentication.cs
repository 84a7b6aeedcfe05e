using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hawser.Grpc.Tests.AspNetCore;

/// <summary>Believes whoever says <c>authorization: NAME ROLE</c>.</summary>
internal sealed class TestAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggerFactory, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggerFactory, encoder)
{
    public new const string Scheme = "Test";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [{ } said])
            return Task.FromResult(AuthenticateResult.NoResult());
        var words = said.Split(' ');
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, words[0]), new Claim(ClaimTypes.Role, words[1])], Scheme);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme)));
    }
}
